/* reboot [-f] - end everything and start the machine again; -f: at once. */
#include <shutdown.h>
#include <signal.h>
#include <sys/reboot.h>

int main(int argc, char **argv)
{
	return shut_down(argc, argv, SHUTDOWN_REBOOT, (int)RB_AUTOBOOT);
}
