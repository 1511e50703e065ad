"""CallAutomationClient: recordings."""

import uuid

from calls import call_to
from expect import failed, perhaps_later
from steps import scene, step


def name(method):
    return f"CallAutomationClient.{method}"


def recording(world):
    with scene():
        call = call_to(world, world.alice)
        operations(world.client, call, world.hooks)
        downloads(world.client)
        call.end()


def operations(client, call, hooks):
    made = {"id": str(uuid.uuid4())}

    def start():
        made["id"] = client.start_recording(
            server_call_id=call.properties.server_call_id, recording_state_callback_url=hooks.elsewhere).recording_id

    step(name("start_recording"), lambda: perhaps_later("startRecording", start))
    for method, operation in {
        "get_recording_properties": "getRecording",
        "pause_recording": "pauseRecording",
        "resume_recording": "resumeRecording",
        "stop_recording": "stopRecording",
    }.items():
        step(name(method), lambda: perhaps_later(operation, lambda: getattr(client, method)(made["id"])))


def downloads(client):
    """These reach no server but the service's own."""

    def is_kept_from_going_elsewhere(act):
        error = failed(act)
        assert isinstance(error, ValueError) and "host" in str(error), repr(error)

    url = "https://127.0.0.1/recording.mp4"
    for method in ("download_recording", "delete_recording"):
        step(name(f"{method}, which the SDK allows from its own hosts only"),
             lambda: is_kept_from_going_elsewhere(lambda: getattr(client, method)(url)))
