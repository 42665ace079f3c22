/*-------------------------------------------------------------------------
 *
 * number.h
 *	  Integers told by the texts of numbers, as JSON's grammar has them.
 *
 * A double would lose digits beyond 2^53, and strtoll knows neither 1.0 nor
 * 1e3, which services write for integers.  No locale matters.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_NUMBER_H
#define HW_NUMBER_H

#include <stdbool.h>

/* Digits of the longest integer that hw_number_plain writes. */
#define HW_NUMBER_DIGITS_MAX 40

/* A sign, the digits and the end. */
typedef char HwPlain[HW_NUMBER_DIGITS_MAX + 2];

/*
 * Rewrites the text of an integral number (1.0, 12e2, -0) as plain digits;
 * false when it is no number, has a fraction, or needs more digits.
 */
extern bool hw_number_plain(const char *number, HwPlain plain);

/*
 * The integer that a number's text stands for, also when written 1.0 or 1e3;
 * false when it is none or does not fit.
 */
extern bool hw_number_integer(const char *number, long long *value);

#endif							/* HW_NUMBER_H */
