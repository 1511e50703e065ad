package call

// ConnectionAfter is where on leads a connection.
func ConnectionAfter(state State, on string) (State, error) {
	return connectionTable.after(state, on)
}
