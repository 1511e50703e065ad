// Command botd is the server. Everything it does, package botd does.
package main

import "github.com/botd-dev/botd"

func main() {
	botd.Main()
}
