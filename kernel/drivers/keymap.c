/*
 * The tables of a US keyboard (scan code set 1: IBM PS/2 Technical Reference, "Keyboard"), and the
 * sequences of Linux's console for keys that are no characters (console_codes(4)).
 */
#include "kernel/drivers/keymap.h"

/* Letters and punctuation lie in runs of scan codes. */
#define K(a, b)          \
	{                \
		(a), (b) \
	}

const struct key keymap[KEY_CODES] = {
	[0x01] = K(27, 27),
	K('1', '!'),
	K('2', '@'),
	K('3', '#'),
	K('4', '$'),
	K('5', '%'),
	K('6', '^'),
	K('7', '&'),
	K('8', '*'),
	K('9', '('),
	K('0', ')'),
	K('-', '_'),
	K('=', '+'),
	K(127, 127),
	K('\t', KEY_BACK_TAB),
	K('q', 'Q'),
	K('w', 'W'),
	K('e', 'E'),
	K('r', 'R'),
	K('t', 'T'),
	K('y', 'Y'),
	K('u', 'U'),
	K('i', 'I'),
	K('o', 'O'),
	K('p', 'P'),
	K('[', '{'),
	K(']', '}'),
	K('\r', '\r'),
	K(KEY_CTRL, KEY_CTRL),
	K('a', 'A'),
	K('s', 'S'),
	K('d', 'D'),
	K('f', 'F'),
	K('g', 'G'),
	K('h', 'H'),
	K('j', 'J'),
	K('k', 'K'),
	K('l', 'L'),
	K(';', ':'),
	K('\'', '"'),
	K('`', '~'),
	K(KEY_SHIFT, KEY_SHIFT),
	K('\\', '|'),
	K('z', 'Z'),
	K('x', 'X'),
	K('c', 'C'),
	K('v', 'V'),
	K('b', 'B'),
	K('n', 'N'),
	K('m', 'M'),
	K(',', '<'),
	K('.', '>'),
	K('/', '?'),
	K(KEY_SHIFT, KEY_SHIFT),
	K('*', '*'),
	K(KEY_ALT, KEY_ALT),
	K(' ', ' '),
	K(KEY_CAPS_LOCK, KEY_CAPS_LOCK),
	[0x3b] = K(KEY_F1, KEY_F1),
	K(KEY_F1 + 1, KEY_F1 + 1),
	K(KEY_F1 + 2, KEY_F1 + 2),
	K(KEY_F1 + 3, KEY_F1 + 3),
	K(KEY_F1 + 4, KEY_F1 + 4),
	K(KEY_F1 + 5, KEY_F1 + 5),
	K(KEY_F1 + 6, KEY_F1 + 6),
	K(KEY_F1 + 7, KEY_F1 + 7),
	K(KEY_F1 + 8, KEY_F1 + 8),
	K(KEY_F1 + 9, KEY_F1 + 9),
	K(KEY_NUM_LOCK, KEY_NUM_LOCK),
	K(KEY_SCROLL_LOCK, KEY_SCROLL_LOCK),
	[0x56] = K('<', '>'),
	K(KEY_F1 + 10, KEY_F1 + 10),
	K(KEY_F1 + 11, KEY_F1 + 11),
};

const struct key keymap_keypad[] = {
	K(KEY_HOME, '7'),   K(KEY_UP, '8'),   K(KEY_PAGE_UP, '9'),   K('-', '-'),
	K(KEY_LEFT, '4'),   K(KEY_NONE, '5'), K(KEY_RIGHT, '6'),     K('+', '+'),
	K(KEY_END, '1'),    K(KEY_DOWN, '2'), K(KEY_PAGE_DOWN, '3'), K(KEY_INSERT, '0'),
	K(KEY_DELETE, '.'),
};

u8 keymap_extended(u8 code)
{
	if (code >= KEYPAD_FIRST && code <= KEYPAD_LAST) {
		u8 meaning = keymap_keypad[code - KEYPAD_FIRST].plain;

		return meaning >= KEY_F1 ? meaning : KEY_NONE;
	}
	switch (code) {
	case 0x1c:
		return '\r';
	case 0x1d:
		return KEY_CTRL;
	case 0x35:
		return '/';
	case 0x38:
		return KEY_ALT;
	}
	return KEY_NONE;
}

int keymap_control(u8 c)
{
	if (c >= '@' && c <= '~')
		return c & 0x1f;
	switch (c) {
	case ' ':
	case '2':
		return 0;
	case '/':
	case '-':
		return 0x1f;
	case '?':
	case '8':
		return 0x7f;
	}
	if (c >= '3' && c <= '7')
		return c - '3' + 27;
	return c < ' ' || c == 0x7f ? c : -1;
}

const char *keymap_sequence(u8 meaning, bool application)
{
	static const char *const sequences[] = {
		"\033[[A",  "\033[[B",	"\033[[C",  "\033[[D",	"\033[[E",  "\033[17~",
		"\033[18~", "\033[19~", "\033[20~", "\033[21~", "\033[23~", "\033[24~",
		"\033[1~",  "\033[2~",	"\033[3~",  "\033[4~",	"\033[5~",  "\033[6~",
		"\033[A",   "\033[B",	"\033[C",   "\033[D",	"\033[Z",
	};
	static const char *const arrows[] = {"\033OA", "\033OB", "\033OC", "\033OD"};

	if (application && meaning >= KEY_UP && meaning <= KEY_LEFT)
		return arrows[meaning - KEY_UP];
	return sequences[meaning - KEY_F1];
}
