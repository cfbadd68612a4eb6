/**
 * What an operating system does with a host's remapping: which domain each group gets, which tables follow from that, and what another command line, another
 * domain type or another slot would change.
 */
package dev.dmarshal.doctor.policy;
