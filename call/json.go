package call

import "encoding/json"

// bare writes an event of the call itself, which carries its own ids.
func bare(e Event) json.RawMessage {
	data, err := json.Marshal(e)
	if err != nil {
		panic(err) // an event that cannot be written is a mistake in its type
	}
	return data
}
