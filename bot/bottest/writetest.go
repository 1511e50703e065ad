package bottest

import (
	"bytes"
	"errors"
	"fmt"
	"go/format"
	"go/token"
	"io"
	"strings"
	"time"
	"unicode"

	"github.com/botd-dev/botd/identity"
)

// TestFile says what WriteTest writes.
type TestFile struct {
	// Package is the package of the test, Test the name of the function, and
	// Handler the expression that is the bot.
	Package, Test, Handler string
	// Imports are further packages that Handler needs, by their paths.
	Imports []string
}

func (f TestFile) validate() error {
	switch {
	case !token.IsIdentifier(f.Package):
		return fmt.Errorf("the field Package: %q is no name of a package", f.Package)
	case !token.IsIdentifier(f.Test) || !strings.HasPrefix(f.Test, "Test"):
		return fmt.Errorf("the field Test: %q is no name of a test", f.Test)
	case f.Handler == "":
		return errors.New("the field Handler is missing")
	}
	return nil
}

// WriteTest writes a Go test out of the log of a call: people do what they did,
// and the bot has to do what it did. The log is as FromLog takes it.
func WriteTest(w io.Writer, log []byte, f TestFile) error {
	if err := f.validate(); err != nil {
		return err
	}
	tape, err := FromLog(log)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	tape.write(&b, f)
	source, err := format.Source(b.Bytes())
	if err != nil {
		return fmt.Errorf("write the test: %w", err)
	}
	_, err = w.Write(source)
	return err
}

func (tp *Tape) write(b *bytes.Buffer, f TestFile) {
	fmt.Fprintf(b, "package %s\n\nimport (\n\t\"testing\"\n\t\"time\"\n\n", f.Package)
	for _, path := range append(f.Imports, "github.com/botd-dev/botd/bot/bottest") {
		fmt.Fprintf(b, "\t%q\n", path)
	}
	fmt.Fprintf(b, ")\n\nfunc %s(t *testing.T) {\n", f.Test)
	fmt.Fprintf(b, "\tbottest.Stage{Bot: %q}.Run(t, %s, func(s *bottest.Script) {\n", tp.Bot, f.Handler)
	names := tp.names()
	fmt.Fprintln(b, "\t\tbot := s.Bot()")
	for _, id := range tp.People {
		fmt.Fprintf(b, "\t\t%s := s.Person(%q)\n", names[id], nameOf(id))
	}
	fmt.Fprintf(b, "\t\t%s.Calls()\n", names[tp.Caller])
	done := 0
	for i, a := range tp.Acts {
		if i > 0 && tp.Acts[i-1].After == a.After {
			a.Wait -= tp.Acts[i-1].Wait + tp.Acts[i-1].takes()
		}
		for ; done < a.After; done++ {
			fmt.Fprintf(b, "\t\t%s\n", tp.Actions[done].expectation(names))
		}
		a.write(b, names[a.Who])
	}
	for ; done < len(tp.Actions); done++ {
		fmt.Fprintf(b, "\t\t%s\n", tp.Actions[done].expectation(names))
	}
	// Every package is used, whatever the call was like.
	fmt.Fprint(b, "\t\ts.Passes(time.Second)\n\t})\n}\n")
}

// names are variables for people.
func (tp *Tape) names() map[identity.ID]string {
	names := map[identity.ID]string{}
	taken := map[string]bool{"bot": true, "bottest": true, "testing": true, "time": true, "s": true, "t": true}
	for i, id := range tp.People {
		name := variable(nameOf(id))
		if taken[name] || !token.IsIdentifier(name) {
			name = fmt.Sprintf("person%d", i+1)
		}
		taken[name], names[id] = true, name
	}
	return names
}

// variable is a name as a variable, which it may not be able to be.
func variable(name string) string {
	if strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		return ""
	}
	return strings.ToLower(name)
}

// takes is how long it takes in a script.
func (a Act) takes() time.Duration {
	if a.Does == "presses" {
		return between
	}
	return 0
}

// write writes what somebody did.
func (a Act) write(b *bytes.Buffer, name string) {
	if wait := a.Wait.Round(time.Millisecond); wait > 0 && a.Does != "says" {
		fmt.Fprintf(b, "\t\ts.Passes(%d * time.Millisecond)\n", wait.Milliseconds())
	}
	switch a.Does {
	case "presses":
		fmt.Fprintf(b, "\t\t%s.Presses(%q)\n", name, a.What)
	case "says":
		fmt.Fprintf(b, "\t\t%s.Says(%q)\n", name, a.What)
	case "hangs up":
		fmt.Fprintf(b, "\t\t%s.HangsUp()\n", name)
	case "answers":
		fmt.Fprintf(b, "\t\t%s.Answers()\n", name)
	case "declines":
		fmt.Fprintf(b, "\t\t%s.Declines()\n", name)
	case "is busy":
		fmt.Fprintf(b, "\t\t%s.IsBusy()\n", name)
	}
}

// expectation is an action as a line of a script.
func (a Action) expectation(names map[identity.ID]string) string {
	who := identity.ID(a.With)
	switch {
	case a.Does == "answer":
		return "bot.Answers()"
	case a.Does == "hangUp":
		return "bot.HangsUp()"
	case a.Does == "addParticipant" && a.With != "":
		return fmt.Sprintf("bot.Adds(%q)", nameOf(who))
	case a.Does == "transferToParticipant" && a.With != "":
		return fmt.Sprintf("bot.Transfers(%q)", nameOf(who))
	case a.Does == "hold" && names[who] != "":
		return fmt.Sprintf("bot.Holds(%s)", names[who])
	}
	return fmt.Sprintf("bot.Asks(%q)", a.Does)
}
