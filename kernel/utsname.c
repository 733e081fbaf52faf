/*
 * The system's name. C libraries refuse to run on a Linux that is older than they know, so
 * the release is one that they accept; the version says what it really is.
 */
#include "kernel/utsname.h"

struct utsname system_utsname = {
	.sysname = "Linux",
	.nodename = "folio",
	.release = "4.4.0-folio",
	.version = "#1 Folio",
	.machine = "i686",
	.domainname = "(none)",
};
