/**
 * The twin: a host's remapping tables, as its kernel would build them, on the executable hardware of {@code core.unit}; and the requests of a case played
 * against them, before and after each way out.
 */
package dev.dmarshal.doctor.twin;
