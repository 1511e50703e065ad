package identity

import "fmt"

// directory begins the ID of a user of a company's directory. Clients of the
// service take those for users of Microsoft Teams (identifiers.md section 3).
const directory = userScope + "orgid:"

// maxDirectoryName is how many characters a directory may call a user by.
const maxDirectoryName = 64

// DirectoryUser makes the ID of the user whom a company's directory calls by
// that name: an object id of Entra, or another of 1 to 64 letters, digits, ".",
// "_" and "-". ErrInvalid.
func DirectoryUser(name string) (ID, error) {
	if name == "" || len(name) > maxDirectoryName {
		return "", fmt.Errorf("a name of %d characters: %w", len(name), ErrInvalid)
	}
	for i := range len(name) {
		if !inDirectory(name[i]) {
			return "", fmt.Errorf("%q in a name: %w", name[i], ErrInvalid)
		}
	}
	return ID(directory + name), nil
}

func inDirectory(c byte) bool {
	switch c {
	case '.', '_', '-':
		return true
	}
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}
