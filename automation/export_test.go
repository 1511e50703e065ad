package automation

// Choose lets tests look at how a choice is found.
func Choose(choices []Choice, said string) (c Choice, phrase string, ok bool) {
	return choose(choices, said)
}
