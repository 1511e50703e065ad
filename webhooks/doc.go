// Package webhooks tells applications what happened: it reads the log, makes a
// CloudEvent of each record that somebody asked for, and posts it, one after
// another for each connection and destination, until it has been received. It
// knows neither how calls work nor what the events mean.
package webhooks
