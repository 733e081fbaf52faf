/* The options of a command line: single letters, `:` behind one that takes a word. */
#ifndef _GETOPT_H
#define _GETOPT_H

extern char *optarg; /* the word of the option just found */
extern int optind;   /* the first word that is no option; 0 starts over */
extern int opterr;   /* complain about unknown options on stderr */
extern int optopt;   /* the letter in question */

/* The next letter, '?' for an unknown one, -1 at the end. Stops at the first other word. */
int getopt(int argc, char *const argv[], const char *letters);

#endif
