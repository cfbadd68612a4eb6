/** Whether a device can be given to a guest: every reason for and against, each with its evidence, none of them guessed. */
package dev.dmarshal.doctor.assign;
