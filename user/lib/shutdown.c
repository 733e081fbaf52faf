/* Ending the machine in good order. */
#include <err.h>
#include <procinfo.h>
#include <shutdown.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>

static bool init_is_ours(void)
{
	char name[32];

	return proc_read("/proc/1/comm", name, sizeof(name)) > 0 && !strcmp(name, "init\n");
}

int shut_down(int argc, char **argv, int order, int what)
{
	bool force = argc > 1 && !strcmp(argv[1], "-f");

	sync();
	if (!force && init_is_ours()) {
		if (kill(1, order) < 0)
			err(1, "asking init");
		pause(); /* it will end us too */
	}
	reboot(what);
	err(1, "reboot");
}
