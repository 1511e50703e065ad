// Package journal is the log of every call: appended in order, durable before
// anybody is told, read again from any point. It stands on NATS JetStream; it
// knows records, not what they mean, except which ones open and close a
// connection.
package journal
