/* The kernel's log. */
#ifndef _SYS_KLOG_H
#define _SYS_KLOG_H

/* 3: read all of it into buf; 4: the same, and clear; 5: clear; 8: console level; 10: its size. */
int klogctl(int what, char *buf, int len);

#endif
