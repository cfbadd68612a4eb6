/** What was intended and done, written down before it is done, so that a crash at any point can be settled. */
package dev.dmarshal.passthrough.journal;
