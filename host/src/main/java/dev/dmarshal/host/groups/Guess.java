package dev.dmarshal.host.groups;

/**
 * What is taken for a fact that was not measured, such as ACS behind an unreadable configuration space, or a quirk of which the kernel is not known to
 * have it.
 */
public enum Guess {
    /** That it keeps devices apart: gives the smallest groups that are possible. */
    APART,
    /** That it does not: gives the largest groups that are possible. The one to act upon. */
    TOGETHER
}
