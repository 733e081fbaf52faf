/* halt [-f] - end everything and halt the machine; -f: at once. */
#include <shutdown.h>
#include <signal.h>
#include <sys/reboot.h>

int main(int argc, char **argv)
{
	return shut_down(argc, argv, SHUTDOWN_HALT, (int)RB_HALT_SYSTEM);
}
