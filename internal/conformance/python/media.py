"""CallConnectionClient: what is heard in a call."""

from azure.communication.callautomation import (
    AudioFormat, FileSource, MediaStreamingAudioChannelType, MediaStreamingContentType, MediaStreamingOptions,
    RecognizeInputType, StreamingTransportType, TranscriptionOptions)

from calls import Call, call_to, outcome
from expect import equal
from steps import scene, step


def name(method):
    return f"CallConnectionClient.{method}"


def media(world):
    with scene():
        call = call_to(world, world.alice)
        for part in (playing, recognizing, holding, pressing):
            part(world, call)
        step("media: what the call was told", lambda: told(world, call))
    streaming(world)


def told(world, call):
    """The call was told everything that the steps below bring about, in order."""
    call.end()
    world.hooks.assert_told(
        call.id, "CallConnected", "PlayStarted", "PlayCompleted", "PlayStarted", "PlayCompleted", "PlayFailed",
        "PlayStarted", "PlayCanceled", "RecognizeCompleted", "RecognizeFailed", "RecognizeCanceled",
        "ContinuousDtmfRecognitionToneReceived", "ContinuousDtmfRecognitionStopped", "SendDtmfTonesCompleted",
        "CallDisconnected")


def prompt(world, which="prompt"):
    return FileSource(url=f"{world.door}/{which}.wav")


def playing(world, call):
    hooks, alice, connection = world.hooks, world.alice, call.connection

    def play_to_all():
        connection.play_media_to_all(prompt(world), operation_context="to all")
        outcome(hooks.event(call.id, "PlayStarted"), 200, 0, "to all")
        outcome(hooks.event(call.id, "PlayCompleted"), 200, 0, "to all")

    def play():
        connection.play_media(
            [prompt(world), prompt(world)], [alice.identifier], operation_context="to one",
            operation_callback_url=hooks.elsewhere)
        hooks.event(call.id, "PlayStarted", path="/elsewhere")
        outcome(hooks.event(call.id, "PlayCompleted", path="/elsewhere"), 200, 0, "to one")

    def play_nothing():
        connection.play_media(prompt(world, "nothing"), operation_context="nothing")
        failed = hooks.event(call.id, "PlayFailed")
        outcome(failed, 400, 8536, "nothing")
        equal(failed["failedPlaySourceIndex"], 0)

    def cancel():
        connection.play_media_to_all(prompt(world, "long"), loop=True, operation_context="for ever")
        hooks.event(call.id, "PlayStarted")
        equal(connection.cancel_all_media_operations(), None)
        outcome(hooks.event(call.id, "PlayCanceled"), 400, 8508, "for ever")

    step(name("play_media_to_all"), play_to_all)
    step(name("play_media, told elsewhere"), play)
    step(name("play_media, of nothing: PlayFailed"), play_nothing)
    step(name("cancel_all_media_operations: PlayCanceled"), cancel)


def recognizing(world, call):
    hooks, alice = world.hooks, world.alice

    def start(**options):
        call.connection.start_recognizing_media(RecognizeInputType.DTMF, alice.identifier, **options)

    def keys():
        start(dtmf_max_tones_to_collect=5, dtmf_stop_tones=["pound"], play_prompt=prompt(world), interrupt_prompt=True,
              initial_silence_timeout=10, operation_context="keys")
        alice.presses("one", "two", "pound")
        completed = hooks.event(call.id, "RecognizeCompleted")
        outcome(completed, 200, 8514, "keys")
        equal([completed["recognitionType"], completed["dtmfResult"]["tones"]], ["dtmf", ["one", "two"]])

    def silence():
        start(dtmf_max_tones_to_collect=1, initial_silence_timeout=1, operation_context="silence")
        outcome(hooks.event(call.id, "RecognizeFailed"), 400, 8510, "silence")

    def cancel():
        start(dtmf_max_tones_to_collect=1, initial_silence_timeout=60, operation_context="cancelled")
        call.connection.cancel_all_media_operations()
        outcome(hooks.event(call.id, "RecognizeCanceled"), 400, 8508, "cancelled")

    step(name("start_recognizing_media"), keys)
    step(name("start_recognizing_media, of silence: RecognizeFailed"), silence)
    step(name("cancel_all_media_operations: RecognizeCanceled"), cancel)


def holding(world, call):
    hooks, alice = world.hooks, world.alice
    both = [alice.id, call.application]

    def is_held(held):
        return lambda e: any(p["identifier"]["rawId"] == alice.id and p["isOnHold"] is held for p in e["participants"])

    def hold():
        call.connection.hold(alice.identifier, play_source=prompt(world), operation_context="hold")
        hooks.roster(call.id, is_held(True))
        alice.sees(both, [alice.id])
        assert call.connection.get_participant(alice.identifier).is_on_hold

    def unhold():
        call.connection.unhold(alice.identifier, operation_context="unhold")
        hooks.roster(call.id, is_held(False))
        alice.sees(both)

    step(name("hold"), hold)
    step(name("unhold"), unhold)


def pressing(world, call):
    """Keys, one by one, in both directions."""
    hooks, alice, connection = world.hooks, world.alice, call.connection

    def start():
        connection.start_continuous_dtmf_recognition(alice.identifier, operation_context="tones")
        alice.presses("four")
        heard = hooks.event(call.id, "ContinuousDtmfRecognitionToneReceived")
        outcome(heard, 200, 0, "tones")
        equal([heard["sequenceId"], heard["tone"]], [1, "four"])

    def stop():
        connection.stop_continuous_dtmf_recognition(alice.identifier, operation_context="no more tones")
        outcome(hooks.event(call.id, "ContinuousDtmfRecognitionStopped"), 200, 0, "no more tones")

    def send():
        connection.send_dtmf_tones(["one", "pound"], alice.identifier, operation_context="send")
        outcome(hooks.event(call.id, "SendDtmfTonesCompleted"), 200, 0, "send")

    step(name("start_continuous_dtmf_recognition: a key is told"), start)
    step(name("stop_continuous_dtmf_recognition"), stop)
    step(name("send_dtmf_tones: SendDtmfTonesCompleted"), send)


def streaming(world):
    """Sound and text over WebSockets, which the test takes."""
    hooks = world.hooks
    socket = world.door.replace("http", "ws") + "/socket"
    with scene():
        call = Call(world, world.client.create_call(
            world.alice.identifier, hooks.callback, operation_context="sockets",
            media_streaming=MediaStreamingOptions(
                transport_url=socket, transport_type=StreamingTransportType.WEBSOCKET,
                content_type=MediaStreamingContentType.AUDIO, audio_channel_type=MediaStreamingAudioChannelType.UNMIXED,
                start_media_streaming=False, enable_bidirectional=True, audio_format=AudioFormat.PCM24_K_MONO,
                enable_dtmf_tones=True),
            transcription=TranscriptionOptions(
                transport_url=socket, transport_type=StreamingTransportType.WEBSOCKET, locale="en-US",
                start_transcription=False, enable_intermediate_results=True)))
        world.alice.accepts()
        call.connected("sockets")
        connection = call.connection

        def says(method, kind, status, *args, **options):
            getattr(connection, method)(*args, operation_context=method, **options)
            event = hooks.event(call.id, kind)
            outcome(event, 200, 0, method)
            update = event.get("mediaStreamingUpdate") or event["transcriptionUpdate"]
            equal(update.get("mediaStreamingStatus") or update["transcriptionStatus"], status)

        steps = (
            ("start_media_streaming", "MediaStreamingStarted", "mediaStreamingStarted", (), {}),
            ("stop_media_streaming", "MediaStreamingStopped", "mediaStreamingStopped", (), {}),
            ("start_transcription", "TranscriptionStarted", "transcriptionStarted", (), {"locale": "en-US"}),
            ("update_transcription", "TranscriptionUpdated", "transcriptionUpdated", (), {"locale": "en-GB"}),
            ("stop_transcription", "TranscriptionStopped", "transcriptionStopped", (), {}),
        )
        for method, kind, status, args, options in steps:
            step(name(method), lambda: says(method, kind, status, *args, **options))

        def ended():
            call.end()
            hooks.assert_told(call.id, "CallConnected", *(kind for _, kind, *_ in steps), "CallDisconnected")

        step("streaming: what the call was told", ended)
