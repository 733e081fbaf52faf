/* Ending the machine in good order: what poweroff, reboot and halt do. */
#ifndef _SHUTDOWN_H
#define _SHUTDOWN_H

/* The signals that init takes as orders. */
#define SHUTDOWN_HALT	  SIGUSR1
#define SHUTDOWN_POWEROFF SIGUSR2
#define SHUTDOWN_REBOOT	  SIGTERM

/*
 * Asks init to end everything; with the word -f in argv, or when the first process is not our
 * init, reboot(what) at once. An exit status: it is only seen when that failed.
 */
int shut_down(int argc, char **argv, int order, int what);

#endif
