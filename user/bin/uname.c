/* uname [-asnrvm] - the names of the system. */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct utsname names;
	const char *const fields[] = {names.sysname, names.nodename, names.release, names.version,
				      names.machine};
	static const char letters[] = "snrvm";
	bool wanted[5] = {false}, any = false;
	int option;

	if (uname(&names) < 0)
		err(1, "uname");
	while ((option = getopt(argc, argv, "asnrvm")) != -1) {
		if (option == '?')
			return 2;
		for (int i = 0; i < 5; i++)
			wanted[i] = wanted[i] || option == 'a' || option == letters[i];
		any = true;
	}
	wanted[0] = wanted[0] || !any;
	any = false;
	for (int i = 0; i < 5; i++) {
		if (wanted[i])
			printf("%s%s", any ? " " : "", fields[i]);
		any = any || wanted[i];
	}
	putchar('\n');
	return 0;
}
