/** What runs inside a machine of the lab, and the talk with it: the initramfs, the agent, the outcomes of commands. */
package dev.dmarshal.lab.guest;
