/* Interval timers: alarm(2), setitimer(2). */
#ifndef FOLIO_ITIMER_H
#define FOLIO_ITIMER_H

/* itimer_start - listen to the ticks that are charged to tasks. Boot. */
void itimer_start(void);

#endif
