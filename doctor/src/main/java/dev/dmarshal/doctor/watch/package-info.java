/** Watching a log that goes on: patterns of faults that start, change and end, in bounded memory and with bounded output. */
package dev.dmarshal.doctor.watch;
