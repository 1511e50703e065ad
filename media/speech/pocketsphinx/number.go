package pocketsphinx

// The words of numbers.
var (
	units = [...]string{
		"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
		"thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
	}
	tens = [...]string{"", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"}
)

// number says digits as people do: up to four as a number, more or those that
// begin with a zero one by one.
func number(digits string) []string {
	if len(digits) > 4 || digits[0] == '0' {
		words := make([]string, len(digits))
		for i := range digits {
			words[i] = units[digits[i]-'0']
		}
		return words
	}
	n := 0
	for _, d := range digits {
		n = 10*n + int(d-'0')
	}
	return counted(n)
}

// counted says a number from 1 to 9999.
func counted(n int) (words []string) {
	if n >= 1000 {
		words = append(words, units[n/1000], "thousand")
		n %= 1000
	}
	if n >= 100 {
		words = append(words, units[n/100], "hundred")
		n %= 100
	}
	if n >= 20 {
		words = append(words, tens[n/10])
		n %= 10
	}
	if n > 0 {
		words = append(words, units[n])
	}
	return words
}
