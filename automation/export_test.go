package automation

// Choose lets tests look at how a choice is found.
func Choose(choices []Choice, said string) (c Choice, phrase string, ok bool) {
	return choose(choices, said)
}

// Bears reports whether a transcription goes on whose utterances ended like that.
func Bears(ends []error) (on bool) {
	var e endurance
	for _, err := range ends {
		on = e.bears(err)
	}
	return on
}
