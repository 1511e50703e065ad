//go:build !linux

package mix

// NewAlarm makes the most exact Alarm that the system has, in real time.
func NewAlarm() (Alarm, error) { return newTimer(), nil }
