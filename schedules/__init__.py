"""What must ring when: civil times, the days on which they come again, and the instants that follow."""
