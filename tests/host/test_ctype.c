/* kernel/lib/ctype.h against the C library in its "C" locale, for every character. */
#include "tests/host/host.h"

/* The C library's, called through pointers, since the kernel's have the same names. */
#include <dlfcn.h>

#include "kernel/lib/ctype.h"

static const struct {
	const char *name;
	int (*ours)(int c);
	bool exact; /* the value counts, not only whether it is 0 */
} functions[] = {
	{"isdigit", isdigit, false}, {"isupper", isupper, false}, {"islower", islower, false},
	{"isalpha", isalpha, false}, {"isalnum", isalnum, false}, {"isxdigit", isxdigit, false},
	{"isspace", isspace, false}, {"isprint", isprint, false}, {"iscntrl", iscntrl, false},
	{"toupper", toupper, true},  {"tolower", tolower, true},
};

HOST_TEST(classes, "every character is in the same classes as in the C library")
{
	unsigned int i;
	int c;

	for (i = 0; i < ARRAY_SIZE(functions); i++) {
		int (*theirs)(int c);

		*(void **)&theirs = dlsym(RTLD_DEFAULT, functions[i].name);
		check(theirs != NULL);
		for (c = 0; c < 256; c++) {
			int a = functions[i].ours(c), b = theirs(c);

			if (functions[i].exact ? a != b : !a != !b)
				host_fail(__FILE__, __LINE__, "%s(%d)", functions[i].name, c);
		}
	}
}
