package botd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"
)

// The program's exit statuses.
const (
	exitClean  = 0
	exitFailed = 1
	exitUsage  = 2
)

// program is one run of the command line.
type program struct {
	out, err io.Writer
	environ  []string
	serve    func(context.Context, Config) error

	ctx   context.Context //nolint:containedctx // of this one run, for kong calls commands without arguments
	flags map[string]string
}

// commands is the command line, beside the flags that are settings.
type commands struct {
	Config string `help:"Configuration file in YAML." placeholder:"botd.yaml"`

	Serve   serveCommand   `cmd:"" default:"1" help:"Run the server (the default)."`
	Version versionCommand `cmd:"" help:"Print version and build."`
	Show    configCommand  `cmd:"" name:"config" help:"Print the configuration in effect, with secrets hidden."`
	Token   tokenCommand   `cmd:"" help:"Print a user access token; asks the running server."`
	Events  eventsCommand  `cmd:"" help:"Print the log of one call or of all as JSON lines; asks the running server."`
	FSM     fsmCommand     `cmd:"" name:"fsm" help:"Print the state machines of calls."`
	Health  healthCommand  `cmd:"" help:"Ask the running server whether it is alive."`
}

// run does what the arguments say and returns the exit status.
func (p *program) run(ctx context.Context, args []string) int {
	p.ctx = ctx
	flags := settingFlags()
	helped := false
	var line commands
	parser, err := kong.New(&line,
		kong.Name("botd"),
		kong.Description("A call-automation server. Every flag is also a key of the configuration file and a variable BOTD_…"),
		kong.Embed(flags.Addr().Interface()),
		kong.Writers(p.out, p.err),
		kong.Exit(func(int) { helped = true }),
	)
	if err != nil {
		return p.failed(err)
	}
	parsed, err := parser.Parse(args)
	if helped {
		return exitClean
	}
	if err != nil {
		p.say(err)
		return exitUsage
	}
	p.flags = givenFlags(flags)
	if line.Config != "" {
		p.flags[fileKey] = line.Config
	}
	return p.failed(parsed.Run(p))
}

// failed turns an error into an exit status, and says what it was.
func (p *program) failed(err error) int {
	switch {
	case err == nil:
		return exitClean
	case errors.As(err, new(*usageError)) || errors.As(err, new(*SettingError)):
		p.say(err)
		return exitUsage
	default:
		p.say(err)
		return exitFailed
	}
}

func (p *program) say(err error) {
	_, _ = fmt.Fprintln(p.err, "botd:", discreetly(err.Error())) // nowhere else to say that this failed
}

// config loads the configuration. Whatever is wrong with it is the user's to
// mend: status 2.
func (p *program) config() (Config, error) {
	c, err := Load(p.flags, p.environ)
	if err != nil {
		return c, &usageError{err}
	}
	return c, nil
}

// usageError marks what ends with status 2.
type usageError struct{ error }

// Unwrap gives the error that is marked.
func (e *usageError) Unwrap() error { return e.error }

// settingFlags makes a struct with a field for every setting, as kong reads
// flags: a pointer that stays nil unless the flag is given.
func settingFlags() reflect.Value {
	fields := make([]reflect.StructField, len(settings))
	for i, s := range settings {
		kind := reflect.TypeFor[*string]()
		if s.flag {
			kind = reflect.TypeFor[*bool]()
		}
		tag := fmt.Sprintf(`name:%q help:%q placeholder:%q group:%q`, s.key, flagHelp(s), strings.ToUpper(s.key), "Settings")
		fields[i] = reflect.StructField{Name: "Flag" + strconv.Itoa(i), Type: kind, Tag: reflect.StructTag(tag)}
	}
	return reflect.New(reflect.StructOf(fields)).Elem()
}

func flagHelp(s setting) string {
	if s.fallback == "" || s.flag {
		return s.about + "."
	}
	return s.about + " (" + s.fallback + ")."
}

// givenFlags are the settings that were on the command line.
func givenFlags(flags reflect.Value) map[string]string {
	given := map[string]string{}
	for i, s := range settings {
		switch v := flags.Field(i).Interface().(type) {
		case *string:
			if v != nil {
				given[s.key] = *v
			}
		case *bool:
			if v != nil {
				given[s.key] = strconv.FormatBool(*v)
			}
		}
	}
	return given
}

type serveCommand struct{}

// Run fits kong.
func (serveCommand) Run(p *program) error {
	c, err := p.config()
	if err != nil {
		return err
	}
	return p.serve(p.ctx, c)
}

type configCommand struct{}

// Run fits kong.
func (configCommand) Run(p *program) error {
	c, err := p.config()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.out, strings.Join(c.Effective(), "\n"))
	return err
}

type versionCommand struct{}

// Run fits kong.
func (versionCommand) Run(p *program) error {
	_, err := fmt.Fprintln(p.out, "botd", Version())
	return err
}

// Version is the version that was built, with the commit if it is known.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	version := info.Main.Version
	if version == "" {
		version = "(devel)"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 && !strings.Contains(version, s.Value[:12]) {
			version += " " + s.Value[:12]
		}
	}
	return version + " " + info.GoVersion
}
