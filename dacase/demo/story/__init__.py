"""One case from first referral to closing, told by the dice; what lies after the story's now does not happen."""
