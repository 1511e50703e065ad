package prompt

import "github.com/botd-dev/botd/media"

// Decode makes a source of a file, at the file's own rate.
func Decode(data []byte) (media.Source, error) { return decode(data) }
