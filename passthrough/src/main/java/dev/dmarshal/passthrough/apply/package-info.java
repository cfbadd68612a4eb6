/** Carries plans out, takes them back, and settles what a crash left. The only package of dmarshal that changes a host. */
package dev.dmarshal.passthrough.apply;
