package speech

import "net/http"

// statuses are what a provider means by the answers of HTTP.
var statuses = map[int]error{
	http.StatusBadRequest: ErrRequest, http.StatusNotFound: ErrRequest, http.StatusRequestEntityTooLarge: ErrRequest,
	http.StatusUnsupportedMediaType: ErrRequest, http.StatusUnprocessableEntity: ErrRequest,
	http.StatusUnauthorized: ErrAuth, http.StatusForbidden: ErrForbidden,
	http.StatusRequestTimeout: ErrTimeout, http.StatusGatewayTimeout: ErrTimeout,
	http.StatusTooManyRequests: ErrBusy, http.StatusServiceUnavailable: ErrBusy,
}

// OfStatus is the error that an HTTP status means which is no success:
// ErrUnavailable if it is none that is known.
func OfStatus(status int) error {
	if err, ok := statuses[status]; ok {
		return err
	}
	return ErrUnavailable
}
