/* What the system calls itself: uname(2), /proc/version, /proc/sys/kernel. */
#ifndef FOLIO_UTSNAME_H
#define FOLIO_UTSNAME_H

#include "kernel/lib/types.h"

#define UTS_LEN 64 /* characters of a name, without its 0 */

/* struct new_utsname of Linux: the layout of uname(2). */
struct utsname {
	char sysname[UTS_LEN + 1];
	char nodename[UTS_LEN + 1];
	char release[UTS_LEN + 1];
	char version[UTS_LEN + 1];
	char machine[UTS_LEN + 1];
	char domainname[UTS_LEN + 1];
};

extern struct utsname system_utsname;

#endif
