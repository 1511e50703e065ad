package speech

import "strings"

// Gender is what a voice sounds like.
type Gender int

// The genders of voices.
const (
	AnyGender Gender = iota
	Female
	Male
)

// ParseGender reads "female" or "male", in any case; anything else is any.
func ParseGender(s string) Gender {
	switch {
	case strings.EqualFold(s, "female"):
		return Female
	case strings.EqualFold(s, "male"):
		return Male
	}
	return AnyGender
}

// Voice is what is wanted of a voice. A provider takes the nearest it has.
type Voice struct {
	// Name as it was given; empty is any.
	Name string
	// Locale is the language as BCP 47 spells it; empty is the provider's
	// default.
	Locale string
	// Gender is what it should sound like.
	Gender Gender
}

// Wanted is the voice that an utterance asks for. The name of a voice of another
// provider tells its language and gender: "en-US-NancyNeural" is American
// English, female. What the utterance itself says goes before that, but for a
// locale that is at odds with a named voice: the voice was chosen for a reason.
func (u Utterance) Wanted() Voice {
	v := named(u.Voice)
	if v.Locale == "" {
		v.Locale = u.Locale
	}
	if u.Gender != AnyGender {
		v.Gender = u.Gender
	}
	return v
}

// named reads a voice name of the form language[-Script][-REGION]-Person, to
// which some add what kind of voice it is.
func named(name string) Voice {
	v := Voice{Name: name}
	parts := strings.Split(name, "-")
	n := subtags(parts)
	v.Locale = strings.Join(parts[:n], "-")
	if n < len(parts) {
		v.Gender = people[person(parts[n])]
	}
	return v
}

// subtags counts the parts in front that are a language with script and region
// (RFC 5646, section 2.1). A lone first part is a name unless it is as short as
// a language.
func subtags(parts []string) int {
	if n := len(parts[0]); n < 2 || n > 3 || !letters(parts[0]) {
		return 0
	}
	n := 1
	if n < len(parts) && len(parts[n]) == 4 && letters(parts[n]) && n+1 < len(parts) && region(parts[n+1]) {
		n++
	}
	if n < len(parts) && region(parts[n]) {
		n++
	}
	return n
}

func region(s string) bool {
	return len(s) == 2 && letters(s) || len(s) == 3 && strings.Trim(s, "0123456789") == ""
}

func letters(s string) bool {
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return false
		}
	}
	return s != ""
}

// person is the first name in "AvaMultilingualNeural" or "Ava:DragonHDLatestNeural".
func person(s string) string {
	s, _, _ = strings.Cut(s, ":")
	s = strings.TrimSuffix(s, "Neural")
	s = strings.TrimSuffix(s, "Multilingual")
	return strings.ToLower(s)
}

// people is the gender of the voices that are asked for most.
var people = map[string]Gender{
	"abbi": Female, "agnieszka": Female, "aigul": Female, "amala": Female,
	"amber": Female, "ana": Female, "aria": Female, "ashley": Female, "ava": Female,
	"bella": Female, "brenda": Female, "christel": Female, "clara": Female, "colette": Female,
	"cora": Female, "coral": Female, "dalia": Female, "dena": Female, "denise": Female,
	"dilara": Female, "ela": Female, "elizabeth": Female, "elke": Female, "elsa": Female,
	"elvira": Female, "emel": Female, "emily": Female, "emma": Female, "fiorella": Female,
	"francisca": Female, "gadis": Female, "gisela": Female, "hanna": Female, "heera": Female,
	"hillevi": Female, "hollie": Female, "iris": Female, "isabella": Female, "ivy": Female,
	"jane": Female, "jenny": Female, "joanna": Female, "kajal": Female, "katja": Female,
	"kimberly": Female, "klarissa": Female, "leah": Female, "libby": Female, "louisa": Female,
	"maisie": Female, "maja": Female, "michelle": Female, "monica": Female, "nancy": Female,
	"nanami": Female, "natasha": Female, "neerja": Female, "noora": Female, "nova": Female,
	"olivia": Female, "ines": Female, "iselin": Female, "paulina": Female, "pernille": Female,
	"polina": Female, "raquel": Female, "salli": Female, "salma": Female, "sara": Female,
	"seraphina": Female, "selma": Female, "shimmer": Female, "sofie": Female, "sonia": Female,
	"svetlana": Female, "swara": Female, "sunhi": Female, "tanja": Female, "vivienne": Female,
	"vlasta": Female, "xiaomo": Female, "xiaoxiao": Female, "xiaoyi": Female, "zariyah": Female,
	"zira": Female, "zofia": Female,

	"adam": Male, "alfie": Male, "alvaro": Male, "andrew": Male, "antonin": Male, "antonio": Male,
	"ash": Male, "asgar": Male, "brandon": Male, "brian": Male, "christoph": Male,
	"christopher": Male, "conrad": Male, "darius": Male, "davis": Male, "diego": Male,
	"dmitry": Male, "echo": Male, "elliot": Male, "eric": Male, "ethan": Male, "fabio": Male,
	"fabrice": Male, "finn": Male, "florian": Male, "gianni": Male, "giuseppe": Male, "guy": Male,
	"hamed": Male, "harri": Male, "henri": Male, "injoon": Male, "jacob": Male, "jason": Male,
	"jeppe": Male, "jorge": Male, "kai": Male, "kasper": Male, "keita": Male, "kevin": Male,
	"killian": Male, "liam": Male, "luke": Male, "maarten": Male, "madhur": Male, "marek": Male,
	"marius": Male, "mattias": Male, "matthew": Male, "noah": Male, "oliver": Male, "onyx": Male,
	"prabhat": Male, "ralf": Male, "remy": Male, "roger": Male, "ryan": Male, "sagar": Male,
	"steffan": Male, "thomas": Male, "tony": Male, "william": Male, "yunjian": Male,
	"yunxi": Male, "yunyang": Male,
}
