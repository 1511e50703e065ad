// Package identity says who somebody is: identifiers, their JSON, and the
// tokens that prove them. It knows no call and no transport.
package identity

// ID is a communication identifier in its canonical, comparable form: the raw
// id ("8:acs:…", "4:+15551230001", "28:orgid:…", or any other string such as a
// bot's name).
type ID string
