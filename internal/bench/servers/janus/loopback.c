/*
 * Janus passes over loopback interfaces when it looks for addresses. Preloaded,
 * this shows it every interface as an ordinary one, so that a bench needs no
 * network.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stddef.h>

typedef int (*lookup)(struct ifaddrs **);

int getifaddrs(struct ifaddrs **list)
{
	lookup original = (lookup)dlsym(RTLD_NEXT, "getifaddrs");
	int failed = original(list);

	if (failed)
		return failed;
	for (struct ifaddrs *one = *list; one != NULL; one = one->ifa_next)
		one->ifa_flags &= ~(unsigned int)IFF_LOOPBACK;
	return 0;
}
