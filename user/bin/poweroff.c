/* poweroff [-f] - end everything and switch the machine off; -f: at once. */
#include <shutdown.h>
#include <signal.h>
#include <sys/reboot.h>

int main(int argc, char **argv)
{
	return shut_down(argc, argv, SHUTDOWN_POWEROFF, (int)RB_POWER_OFF);
}
