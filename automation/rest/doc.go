// Package rest spells what can be asked of a call in HTTP: routes,
// authentication, error statuses and repeatability, as the contract has them.
// It knows no call: it finds, decodes, asks package automation and answers.
package rest
