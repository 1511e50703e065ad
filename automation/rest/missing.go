package rest

// missing are the operations that are known and not here: they answer 405/8520
// (rest.md section 3) instead of pretending never to have been heard of.
func missing() []route {
	var all []route
	for _, group := range []struct {
		family     family
		operations []operation
	}{
		{calling, missingCalls},
		{beyond, missingBeyond},
	} {
		for _, o := range group.operations {
			all = append(all, route{method: o.method, path: o.path, name: o.name, family: group.family, action: unsupported()})
		}
	}
	return all
}

type operation struct{ method, path, name string }

var missingCalls = []operation{
	{post, "/calling/recordings", "startRecording"},
	{get, "/calling/recordings/{recordingId}", "getRecording"},
	{remove, "/calling/recordings/{recordingId}", "stopRecording"},
	{post, "/calling/recordings/{recordingId}:pause", "pauseRecording"},
	{post, "/calling/recordings/{recordingId}:resume", "resumeRecording"},
}

var missingBeyond = []operation{
	{post, cc + ":sendRealTimeText", "sendRealTimeText"},
	{get, cc + "/realTimeText", "getRealTimeText"},
}
