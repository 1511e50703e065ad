package rest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3gen"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/identity"
)

// describe writes the OpenAPI document from the route table and the types of
// its bodies, so that it says what is served and nothing else.
func describe(table []route) ([]byte, error) {
	d := describer{types: map[string]reflect.Type{}, doc: &openapi3.T{
		OpenAPI: "3.0.3",
		Info: &openapi3.Info{
			Title: "botd", Version: calling.versions[0],
			Description: "Call automation, wire-compatible with Azure Communication Services.",
		},
		Paths:      openapi3.NewPaths(),
		Components: &openapi3.Components{Schemas: openapi3.Schemas{}},
	}}
	d.security()
	d.failure = d.schema(reflect.TypeFor[envelope]())
	for _, rt := range table {
		d.add(rt)
	}
	if d.err != nil {
		return nil, fmt.Errorf("openapi: %w", d.err)
	}
	return json.Marshal(d.doc)
}

// describer writes a document; err is the first thing that went wrong.
type describer struct {
	doc     *openapi3.T
	failure *openapi3.SchemaRef
	types   map[string]reflect.Type // by the names of their schemas
	err     error
}

// security declares the two ways to prove who asks (rest.md section 2).
func (d *describer) security() {
	bearer := openapi3.NewJWTSecurityScheme()
	key := openapi3.NewSecurityScheme().WithType("apiKey").WithIn("header").WithName("Authorization").
		WithDescription("HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={base64}")
	d.doc.Components.SecuritySchemes = openapi3.SecuritySchemes{
		"bearer": {Value: bearer}, "hmac": {Value: key},
	}
}

func (d *describer) add(rt route) {
	op := openapi3.NewOperation()
	op.OperationID = rt.name
	op.Parameters = d.parameters(rt)
	op.Responses = openapi3.NewResponses()
	op.Responses.Delete("default")
	op.AddResponse(0, d.failed("A failure.")) // "default"
	if !rt.open {
		op.Security = &openapi3.SecurityRequirements{{"hmac": {}}, {"bearer": {}}}
	}
	if rt.in != nil {
		op.RequestBody = &openapi3.RequestBodyRef{Value: openapi3.NewRequestBody().
			WithContent(content(rt.method, d.schema(rt.in)))}
	}
	if rt.status < http.StatusBadRequest {
		var body *openapi3.SchemaRef
		if rt.out != nil {
			body = d.schema(rt.out)
		}
		op.AddResponse(rt.status, d.response(http.StatusText(rt.status), body))
	} else {
		op.AddResponse(rt.status, d.failed("Not supported."))
	}
	if rt.streams {
		stream := openapi3.NewMediaType().WithSchema(openapi3.NewStringSchema())
		op.Responses.Status(rt.status).Value.Content["text/event-stream"] = stream
	}
	d.doc.AddOperation(rt.path, rt.method, op)
}

// content is a request body: a patch may call itself one (rest.md section 1).
func content(method string, body *openapi3.SchemaRef) openapi3.Content {
	types := []string{"application/json"}
	if method == patch {
		types = append(types, "application/merge-patch+json")
	}
	return openapi3.NewContentWithSchemaRef(body, types)
}

func (d *describer) response(what string, body *openapi3.SchemaRef) *openapi3.Response {
	r := openapi3.NewResponse().WithDescription(what)
	if body == nil {
		return r
	}
	return r.WithContent(openapi3.NewContentWithJSONSchemaRef(body))
}

// failed is a response in the error envelope.
func (d *describer) failed(what string) *openapi3.Response {
	r := d.response(what, d.failure)
	header := func(s *openapi3.Schema, always bool) *openapi3.HeaderRef {
		h := &openapi3.Header{}
		h.Schema, h.Required = openapi3.NewSchemaRef("", s), always
		return &openapi3.HeaderRef{Value: h}
	}
	r.Headers = openapi3.Headers{
		"x-ms-error-code": header(openapi3.NewStringSchema(), true),
		"Retry-After":     header(openapi3.NewIntegerSchema(), false), // with 429 and 503
	}
	return r
}

// parameters are those of the path, the version, and the headers that are looked
// at.
func (d *describer) parameters(rt route) openapi3.Parameters {
	var all openapi3.Parameters
	add := func(p *openapi3.Parameter, s *openapi3.Schema) {
		all = append(all, &openapi3.ParameterRef{Value: p.WithSchema(s)})
	}
	for segment := range strings.SplitSeq(rt.path, "/") {
		if name, _, is := parameter(segment); is {
			add(openapi3.NewPathParameter(name), openapi3.NewStringSchema())
		}
	}
	if !rt.open {
		version := openapi3.NewStringSchema()
		for _, v := range rt.family.versions {
			version.Enum = append(version.Enum, v)
		}
		add(openapi3.NewQueryParameter("api-version").WithRequired(!rt.family.optional), version)
	}
	for _, name := range rt.query() {
		add(openapi3.NewQueryParameter(name), openapi3.NewStringSchema())
	}
	if rt.once != many {
		add(openapi3.NewHeaderParameter(headerRepeatID), openapi3.NewUUIDSchema())
		add(openapi3.NewHeaderParameter(headerFirstSent), openapi3.NewStringSchema())
	}
	if rt.in != nil && rt.out == reflect.TypeFor[automation.Properties]() {
		add(openapi3.NewHeaderParameter(headerEvents), openapi3.NewStringSchema().WithEnum(everyEvent))
		add(openapi3.NewHeaderParameter(headerAck), openapi3.NewStringSchema().WithEnum(ackRequired))
	}
	if rt.streams {
		add(openapi3.NewHeaderParameter(headerLastEvent), openapi3.NewStringSchema())
	}
	return all
}

// query are the parameters of the query besides the version.
func (rt route) query() []string {
	switch rt.name {
	case "getCall", "getParticipants", "getParticipant", "getAudioRouting", "getServerCall":
		return []string{"minSequence"}
	case "listRooms", "listRoomParticipants", "listCalls", "getConnectionEvents", "listDeadLetters":
		return []string{"after", "limit"}
	case "getEvents":
		return []string{"after", "limit", "call"}
	}
	return nil
}

// schema describes a Go type; named ones are components.
func (d *describer) schema(t reflect.Type) *openapi3.SchemaRef {
	ref, err := openapi3gen.NewSchemaRefForValue(reflect.New(t).Interface(), d.doc.Components.Schemas,
		openapi3gen.CreateComponentSchemas(openapi3gen.ExportComponentSchemasOptions{
			ExportComponentSchemas: true, ExportTopLevelSchema: true,
		}),
		openapi3gen.CreateTypeNameGenerator(d.name),
		openapi3gen.SchemaCustomizer(customise))
	if err != nil && d.err == nil {
		d.err = fmt.Errorf("%s: %w", t, err)
	}
	return ref
}

// name is what the schema of a type is called. No two may be called the same:
// one would be described as the other.
func (d *describer) name(t reflect.Type) string {
	name := t.Name()
	if name == "" {
		return "" // it stands where it is
	}
	if known := d.types[name]; known != nil && known != t && d.err == nil {
		d.err = fmt.Errorf("%s and %s are both called %s", known, t, name)
	}
	d.types[name] = t
	return name
}

// customise describes the types whose JSON is not what their Go type says, and
// that null is as good as absent (rest.md section 1).
func customise(_ string, t reflect.Type, tag reflect.StructTag, schema *openapi3.Schema) error {
	if t == reflect.TypeFor[identity.ID]() {
		*schema = *identifier()
	}
	if t == reflect.TypeFor[map[string]*roomRole]() { // null takes somebody off the list
		role := *schema.AdditionalProperties.Schema.Value
		role.Nullable = true
		schema.AdditionalProperties.Schema = openapi3.NewSchemaRef("", &role)
	}
	if t.Kind() == reflect.Struct {
		schema.Required = required(t, schema.Properties)
	}
	enumerate(t, schema)
	schema.Nullable = isOptional(tag)
	return nil
}

// required are the properties of a struct that are always there, or must be.
func required(t reflect.Type, properties openapi3.Schemas) []string {
	var names []string
	for _, field := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if properties[name] != nil && !isOptional(field.Tag) {
			names = append(names, name)
		}
	}
	return names
}

// isOptional says whether a field may be left out.
func isOptional(tag reflect.StructTag) bool { return strings.Contains(tag.Get("json"), ",omit") }

// identifier is the identifier model in any of its shapes.
func identifier() *openapi3.Schema {
	object := func(names ...string) *openapi3.Schema {
		s := openapi3.NewObjectSchema()
		for _, name := range names {
			s.WithProperty(name, openapi3.NewStringSchema())
		}
		return s
	}
	anonymous := openapi3.NewBoolSchema()
	return object("kind", "rawId", "id").
		WithProperty("communicationUser", object("id")).
		WithProperty("phoneNumber", object("value", "assertedId").WithProperty("isAnonymous", anonymous)).
		WithProperty("microsoftTeamsUser", object("userId", "cloud").WithProperty("isAnonymous", anonymous)).
		WithProperty("microsoftTeamsApp", object("appId", "cloud")).
		WithProperty("teamsExtensionUser", object("userId", "tenantId", "resourceId", "cloud"))
}

func (s *Server) openAPI(context.Context, *request) (answer, error) {
	return answer{Status: http.StatusOK, Body: s.document}, nil
}
