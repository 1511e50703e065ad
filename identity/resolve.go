package identity

import "fmt"

// ID resolves a model as identifiers.md section 1 says: the nested object,
// else the raw id. Where both are given they must agree; the raw id is taken,
// since it may say more than the object (a cloud, an asserted id).
func (m Model) ID() (ID, error) {
	objects := m.objects()
	if len(objects) > 1 {
		return "", fmt.Errorf("it names a %s and a %s: %w", objects[0].kind(), objects[1].kind(), ErrInvalid)
	}
	raw, err := m.raw()
	if err != nil || len(objects) == 0 {
		return raw, err
	}
	object := objects[0]
	if m.Kind != "" && m.Kind != KindUnknown && m.Kind != object.kind() && m.Kind.known() {
		return "", fmt.Errorf("kind %s with a %s: %w", m.Kind, object.kind(), ErrInvalid)
	}
	id, err := object.id()
	if err != nil {
		return "", fmt.Errorf("%s: %w", object.kind(), err)
	}
	switch {
	case raw == "" || raw == id:
		return id, nil
	case object.fits(raw):
		return raw, nil
	}
	return "", fmt.Errorf("rawId and %s disagree: %w", object.kind(), ErrInvalid)
}

// raw is the raw id, or the bare one. It is empty, without an error, if there
// is none but a nested object.
func (m Model) raw() (ID, error) {
	switch {
	case m.RawID != "" && m.BareID != "" && m.RawID != m.BareID:
		return "", fmt.Errorf("rawId and id disagree: %w", ErrInvalid)
	case m.RawID != "":
		return Parse(m.RawID)
	case m.BareID != "":
		return Parse(m.BareID)
	case len(m.objects()) > 0:
		return "", nil
	}
	return "", fmt.Errorf("neither a nested object nor a rawId: %w", ErrInvalid)
}

// object is a nested object.
type object interface {
	kind() Kind
	// id derives the ID where no raw id is given.
	id() (ID, error)
	// fits says that a raw id other than the derived one means the same.
	fits(raw ID) bool
}

func (m Model) objects() []object {
	var all []object
	if m.CommunicationUser != nil {
		all = append(all, m.CommunicationUser)
	}
	if m.PhoneNumber != nil {
		all = append(all, m.PhoneNumber)
	}
	if m.MicrosoftTeamsUser != nil {
		all = append(all, m.MicrosoftTeamsUser)
	}
	if m.MicrosoftTeamsApp != nil {
		all = append(all, m.MicrosoftTeamsApp)
	}
	if m.TeamsExtensionUser != nil {
		all = append(all, m.TeamsExtensionUser)
	}
	return all
}

func (*CommunicationUserModel) kind() Kind { return KindCommunicationUser }
func (*PhoneNumberModel) kind() Kind       { return KindPhoneNumber }
func (*TeamsUserModel) kind() Kind         { return KindMicrosoftTeamsUser }
func (*TeamsAppModel) kind() Kind          { return KindMicrosoftTeamsApp }
func (*ExtensionUserModel) kind() Kind     { return KindTeamsExtensionUser }

// id takes what an application calls a user, also where it means a bot
// ("echo", "8:echo123") or a user that older SDKs take for one of theirs.
func (u *CommunicationUserModel) id() (ID, error) {
	id, err := Parse(u.ID)
	if err != nil {
		return "", err
	}
	switch id.Kind() {
	case KindPhoneNumber, KindMicrosoftTeamsUser, KindMicrosoftTeamsApp:
		return "", fmt.Errorf("%s is a %s: %w", id, id.Kind(), ErrInvalid)
	case KindCommunicationUser, KindTeamsExtensionUser, KindUnknown:
	}
	return id, nil
}

func (*CommunicationUserModel) fits(ID) bool { return false }

// id reads the number. SDKs leave the asserted id of a raw id in the value.
func (p *PhoneNumberModel) id() (ID, error) {
	switch {
	case p.Value == "":
		return "", fmt.Errorf("no value: %w", ErrInvalid)
	case p.IsAnonymous && p.Value != anonymous:
		return "", fmt.Errorf("anonymous with a number: %w", ErrInvalid)
	}
	number, asserted := ID("4:" + p.Value).phone()
	if p.AssertedID != "" {
		asserted = p.AssertedID
	}
	id, err := phone(number, asserted)
	if err != nil {
		return "", err
	}
	return Parse(string(id))
}

func (p *PhoneNumberModel) fits(raw ID) bool {
	id, err := p.id()
	return err == nil && p.AssertedID == "" && id.Number() == raw.Number() && id == ID("4:"+id.Number())
}

func (u *TeamsUserModel) id() (ID, error) {
	if u.IsAnonymous {
		return derived("8:teamsvisitor:", u.UserID)
	}
	return derived("8:"+u.Cloud.scope("orgid")+":", u.UserID)
}

func (u *TeamsUserModel) fits(raw ID) bool {
	m := From(raw).MicrosoftTeamsUser
	return m != nil && m.UserID == u.UserID && (m.IsAnonymous || !u.IsAnonymous) && u.Cloud.fits(m.Cloud)
}

func (a *TeamsAppModel) id() (ID, error) {
	return derived("28:"+a.Cloud.scope("orgid")+":", a.AppID)
}

func (a *TeamsAppModel) fits(raw ID) bool {
	m := From(raw).MicrosoftTeamsApp
	return m != nil && m.AppID == a.AppID && a.Cloud.fits(m.Cloud)
}

func (u *ExtensionUserModel) id() (ID, error) {
	if u.ResourceID == "" || u.TenantID == "" || u.UserID == "" {
		return "", fmt.Errorf("a part is missing: %w", ErrInvalid)
	}
	scope := "8:acs:"
	if u.Cloud.scope("") != "" {
		scope = "8:" + u.Cloud.scope("") + "-acs:"
	}
	return derived(scope, u.ResourceID+"_"+u.TenantID+"_"+u.UserID)
}

func (u *ExtensionUserModel) fits(raw ID) bool {
	m := From(raw).TeamsExtensionUser
	return m != nil && m.UserID == u.UserID && m.TenantID == u.TenantID && m.ResourceID == u.ResourceID &&
		u.Cloud.fits(m.Cloud)
}

// scope is how a cloud stands in a raw id; public is the word given.
func (c Cloud) scope(public string) string {
	if c == DoD || c == GCCH {
		return string(c)
	}
	return public
}

// fits says that a client that says this, or nothing, means the other.
func (c Cloud) fits(other Cloud) bool { return c == "" || c == other }

// derived puts a raw id together; what does not come out as the kind it was
// meant to be had a missing or an impossible part.
func derived(scope, suffix string) (ID, error) {
	id, err := Parse(scope + suffix)
	if err != nil {
		return "", err
	}
	if id.Kind() == KindUnknown {
		return "", fmt.Errorf("%q: %w", suffix, ErrInvalid)
	}
	return id, nil
}

func (k Kind) known() bool {
	switch k {
	case KindCommunicationUser, KindPhoneNumber, KindMicrosoftTeamsUser, KindMicrosoftTeamsApp, KindTeamsExtensionUser:
		return true
	case KindUnknown:
	}
	return false
}
