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

	"github.com/botd-dev/botd/identity"
)

// describe writes the OpenAPI document from the route table and the types of
// its bodies, so that it says what is served and nothing else.
func describe(table []route) ([]byte, error) {
	d := describer{doc: &openapi3.T{
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
	if !rt.open {
		op.Security = &openapi3.SecurityRequirements{{"hmac": {}}, {"bearer": {}}}
		op.AddResponse(0, d.response("A failure.", d.failure)) // "default"
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
		op.AddResponse(rt.status, d.response("Not supported.", d.failure))
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

// parameters are those of the path, the version, and the headers that make an
// operation repeatable.
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
		openapi3gen.SchemaCustomizer(customise))
	if err != nil && d.err == nil {
		d.err = fmt.Errorf("%s: %w", t, err)
	}
	return ref
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
	schema.Nullable = strings.Contains(tag.Get("json"), ",omit")
	return nil
}

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
