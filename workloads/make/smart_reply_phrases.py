"""What the dialogues of nlp/smart-reply are made of: 40 roles, each of which one of 25 things can have.

A role is told of in one of three ways, asked for in one of four, and answered in one: a thing in a role is a reply, 1,000
of them. Networks are never trained with the last way to ask.
"""

import typing


class Role(typing.NamedTuple):
    told: tuple[str, ...]  # {} stands for the thing
    asked: tuple[str, ...]
    reply: str


class Kind(typing.NamedTuple):
    things: tuple[str, ...]
    roles: tuple[Role, ...]


_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
_HOURS = ("morning", "noon", "afternoon", "evening", "night")

PLACES = Kind(
    ("library", "station", "museum", "harbour", "stadium", "bakery", "market", "cinema", "airport", "church", "school",
     "hospital", "bridge", "theatre", "zoo", "castle", "pharmacy", "bank", "gym", "hotel", "post office", "town hall",
     "lake", "playground", "bookshop"),
    (Role(("let us meet at the {}", "we could meet at the {} then", "see you all at the {} later"),
          ("where are we meeting again?", "which place do we meet at?", "remind me, where shall we meet?",
           "where was it that you wanted to get together?"),
          "We meet at the {}."),
     Role(("i have a new job at the {}", "they hired me at the {}", "i work at the {} now"),
          ("where do you work now?", "what place is your new job at?", "so where is this job?",
           "who is your employer these days?"),
          "I work at the {} now."),
     Role(("i parked the car behind the {}", "the car is behind the {}", "you will find our car close to the {}"),
          ("where is the car?", "where did you park?", "i need the car, where did you leave it?",
           "do you know where i can pick up our car?"),
          "The car is behind the {}."),
     Role(("i lost my keys near the {}", "my keys must have fallen out at the {}", "i think my keys are gone, i had them at the {}"),
          ("where did you lose your keys?", "where were your keys last?", "your keys again? where could they be?",
           "any idea where those keys went missing?"),
          "I lost my keys at the {}."),
     Role(("the band plays at the {}", "there is a concert at the {} this week", "tickets for the concert, it is at the {}"),
          ("where is the concert?", "where does the band play?", "i forgot, which place is the concert at?",
           "and the music, where is it going to be?"),
          "The concert is at the {}.")))

PEOPLE = Kind(
    ("anna", "boris", "carla", "daniel", "elena", "farid", "grace", "hugo", "irene", "jonas", "karim", "linda", "marco",
     "nadia", "oscar", "paula", "quentin", "rosa", "stefan", "tara", "umar", "vera", "walter", "yasmin", "zoe"),
    (Role(("{} has a birthday soon", "it will be the birthday of {}", "we need a cake for {}, it is a birthday"),
          ("whose birthday is it?", "who has a birthday?", "a birthday? who is it?", "who is turning a year older?"),
          "It is the birthday of {}."),
     Role(("{} drives us there", "we can go in the car of {}", "{} has a licence and will drive"),
          ("who is driving?", "who drives us?", "in whose car do we go?", "who will be behind the wheel?"),
          "{} drives us."),
     Role(("my new teacher is {}", "{} teaches our course", "the course is taught by {}"),
          ("who is your teacher?", "who teaches the course?", "by whom is the course taught?",
           "which person gives your lessons?"),
          "Our teacher is {}."),
     Role(("{} stays with us as a guest", "we have a guest, {} sleeps here", "{} comes to stay over"),
          ("who is staying with you?", "who is your guest?", "a guest? who sleeps at yours?",
           "which visitor do you have over?"),
          "{} stays with us."),
     Role(("{} called this morning", "there was a phone call from {}", "i had {} on the phone"),
          ("who called?", "who was on the phone?", "from whom was that phone call?", "did i hear it ring? who was it?"),
          "{} called.")))

DISHES = Kind(
    ("pizza", "lasagne", "curry", "sushi", "pancakes", "salad", "dumplings", "risotto", "tacos", "goulash", "omelette",
     "noodles", "paella", "couscous", "burgers", "soup", "stew", "falafel", "kebab", "ravioli", "porridge", "waffles",
     "fish", "rice", "potatoes"),
    (Role(("we have {} for dinner", "dinner tonight is {}", "i am making {} tonight"),
          ("what is for dinner?", "what do we have for dinner?", "what are you making tonight?",
           "what will be on the table this evening?"),
          "Dinner is {}."),
     Role(("i will bring {} to the picnic", "for the picnic i made {}", "you get {} from me at the picnic"),
          ("what do you bring to the picnic?", "what did you make for the picnic?", "what do we get from you at the picnic?",
           "which dish is yours when we eat outside?"),
          "I bring {} to the picnic."),
     Role(("the doctor says i must not eat {}", "{} makes me ill", "i am allergic to {}"),
          ("what are you allergic to?", "what is it that makes you ill?", "what must you not eat?",
           "is there any food you have to avoid?"),
          "I must not eat {}."),
     Role(("order {} for me please", "please get me {} when you order", "when you order take {} for me"),
          ("what shall i order for you?", "what do you want me to get you?", "i am about to order, what for you?",
           "i am at the counter, what would you like?"),
          "Please order {} for me."),
     Role(("my grandmother taught me how to cook {}", "i learned to cook {}", "i can cook {} now, from grandmother"),
          ("what can you cook now?", "what did your grandmother teach you?", "what did you learn to cook?",
           "which recipe has she shown you?"),
          "I learned to cook {}.")))

CITIES = Kind(
    ("berlin", "paris", "madrid", "lisbon", "rome", "vienna", "prague", "warsaw", "athens", "oslo", "helsinki", "dublin",
     "cairo", "nairobi", "lagos", "delhi", "tokyo", "seoul", "sydney", "lima", "bogota", "havana", "toronto", "chicago",
     "boston"),
    (Role(("we are moving to {}", "i found a flat in {}, we move soon", "next year our new home is {}"),
          ("where are you moving?", "where is your new home?", "to which city do you move?",
           "in what town will your new flat be?"),
          "We are moving to {}."),
     Role(("my mother was born in {}", "{} is where my mother was born", "my mother is from {} by birth"),
          ("where was your mother born?", "where is your mother from?", "what is the birth place of your mother?",
           "what town did your mum grow up in?"),
          "My mother was born in {}."),
     Role(("our holiday is in {} this time", "we booked a holiday in {}", "we spend our holiday in {}"),
          ("where do you go on holiday?", "where did you book a holiday?", "your holiday, which city is it?",
           "where are you flying for your vacation?"),
          "Our holiday is in {}."),
     Role(("my train goes by way of {}", "i have to change trains in {}", "i change to another train at {}"),
          ("where do you change trains?", "by way of which city does your train go?", "where is your other train from?",
           "at which stop do you get off to switch?"),
          "I change trains in {}."),
     Role(("my cousin lives in {}", "i have a cousin over in {}", "{} is the home town of my cousin"),
          ("where does your cousin live?", "in which city is your cousin?", "what is the home town of your cousin?",
           "where could one visit that cousin of yours?"),
          "My cousin lives in {}.")))

THINGS = Kind(
    ("lamp", "camera", "bicycle", "guitar", "tent", "kettle", "blanket", "umbrella", "ladder", "drill", "radio", "clock",
     "backpack", "mirror", "carpet", "toaster", "printer", "telescope", "chess board", "suitcase", "scarf", "helmet",
     "hammock", "candle", "vase"),
    (Role(("i got a {} as a gift", "they gave me a {} as a present", "my present was a {}"),
          ("what was your present?", "what did you get as a gift?", "what did they give you as a present?",
           "so what was in the box with the ribbon?"),
          "My present was a {}."),
     Role(("the {} is broken", "our {} does not work any more", "somebody broke the {}"),
          ("what is broken?", "what does not work?", "what did somebody break?", "which item has to be repaired?"),
          "The {} is broken."),
     Role(("the neighbour borrowed our {}", "i lent the {} to the neighbour", "the neighbour still has our {}"),
          ("what did the neighbour borrow?", "what did you lend to the neighbour?", "what of ours does the neighbour have?",
           "what should they next door give back?"),
          "The neighbour has our {}."),
     Role(("i want to buy a {}", "i am saving money for a {}", "i must go to the shop and buy a {}"),
          ("what do you want to buy?", "what are you saving money for?", "what must you buy at the shop?",
           "what will you spend it on?"),
          "I want to buy a {}."),
     Role(("do not forget to pack the {}", "i packed the {} already", "the {} is in the bag, packed"),
          ("what did you pack already?", "what is in the bag?", "what must we not forget to pack?",
           "what have you put into our luggage?"),
          "I packed the {}.")))

HOBBIES = Kind(
    ("swimming", "painting", "climbing", "dancing", "chess", "tennis", "pottery", "running", "yoga", "boxing", "knitting",
     "sailing", "singing", "fencing", "skating", "rowing", "gardening", "archery", "karate", "cycling", "basketball",
     "photography", "juggling", "hiking", "drumming"),
    (Role(("i started with {}", "{} is my new hobby", "my new hobby is {}, i am a beginner"),
          ("what is your new hobby?", "what did you start with?", "a new hobby? what is it?",
           "what have you taken up lately?"),
          "My new hobby is {}."),
     Role(("the kids have {} after school", "after school the kids go to {}", "i take the kids to {} after school"),
          ("what do the kids have after school?", "where do you take the kids after school?", "after school, what do the kids go to?",
           "what keeps your children busy once class is over?"),
          "The kids have {} after school."),
     Role(("i gave up {}", "i have no time for {} any more, i quit", "i quit {} last year"),
          ("what did you give up?", "what did you quit?", "what do you have no time for any more?",
           "which of your old pastimes have you dropped?"),
          "I gave up {}."),
     Role(("i watched the final in {} on tv", "on tv there was {} all night", "they show {} on tv, the final"),
          ("what did you watch on tv?", "what was on tv?", "the final? what do they show?",
           "what sport was on the screen?"),
          "I watched {} on tv."),
     Role(("my sister won a medal in {}", "my sister is the champion of {}", "in {} my sister took first place"),
          ("what did your sister win?", "what is your sister the champion of?", "first place? what does your sister do?",
           "in which discipline did she get her medal?"),
          "My sister won in {}.")))

TIMES = Kind(
    tuple(f"{day} {hour}" for day in _DAYS for hour in _HOURS),
    (Role(("i see the dentist on {}", "my dentist can do {}", "they gave me {} at the dentist"),
          ("when do you see the dentist?", "when can your dentist do it?", "what time did the dentist give you?",
           "for which day is it that your tooth gets fixed?"),
          "I see the dentist on {}."),
     Role(("the meeting with the boss is on {}", "our boss moved the meeting to {}", "the boss wants a meeting {}"),
          ("when is the meeting?", "when did the boss move the meeting to?", "when does the boss want us for the meeting?",
           "when do we have to sit down with her at the office?"),
          "The meeting is on {}."),
     Role(("my flight leaves {}", "the plane leaves on {}", "i booked the flight for {}"),
          ("when does the plane leave?", "when is your flight?", "which flight did you book, when?",
           "when are you taking off?"),
          "My flight is on {}."),
     Role(("the party is on {}", "we throw a party {}", "come to our party {}"),
          ("when is the party?", "when do you throw the party?", "the party, when shall i come?",
           "when are we celebrating?"),
          "The party is on {}."),
     Role(("the parcel arrives {}", "they deliver the sofa on {}", "the delivery comes on {}"),
          ("when does the parcel arrive?", "when do they deliver?", "when is the delivery?",
           "when should someone be home for the package?"),
          "The delivery is on {}.")))

NUMBERS = Kind(
    ("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
     "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "seven", "eight", "nine", "six", "five", "four",
     "three", "two"),
    (Role(("we live at house number {}", "our house has the number {}", "look for the house with the number {}"),
          ("what is your house number?", "which house do you live at?", "what number does your house have?",
           "at which door shall i ring?"),
          "Our house number is {}."),
     Role(("take bus {} from there", "bus {} brings you here", "the bus to our street is the {}"),
          ("which bus do i take?", "which bus goes to your street?", "what bus brings me there?",
           "how do i come by public transport, what line?"),
          "Take bus {}."),
     Role(("my seat is number {}", "i sit in row {}, that is my seat", "the seat they gave me is in row {}"),
          ("which seat do you have?", "what row is your seat in?", "where do you sit, which row?",
           "where in the hall can i find you?"),
          "My seat is in row {}."),
     Role(("they want {} euros for it", "it costs {} euros", "the price is {} euros"),
          ("how much does it cost?", "what is the price?", "how many euros do they want?",
           "is it expensive, what will i have to pay?"),
          "It costs {} euros."),
     Role(("{} people are coming", "we will be {} people", "i counted {} people on the list"),
          ("how many people are coming?", "how many people will we be?", "what did you count, how many on the list?",
           "for how large a crowd do i cook?"),
          "We will be {} people.")))

KINDS = (PLACES, PEOPLE, DISHES, CITIES, THINGS, HOBBIES, TIMES, NUMBERS)

OPENERS = ("", "", "", "", "oh, ", "by the way, ", "well, ", "guess what, ", "listen, ", "so, ", "hey, ", "okay, ", "ah, ")
CLOSERS = ("", "", "", "", " :)", ", you know", ", i think", ", sorry", " haha", ", okay?", " by the way")
SMALL_TALK = (
    "hello!", "hi, how are you?", "fine, and you?", "all good here", "what a long day", "it is raining again",
    "the weather is lovely today", "did you sleep well?", "not really", "yes, sure", "sounds great", "no problem",
    "thank you so much", "you are welcome", "haha, really?", "i do not believe it", "that is so funny", "tell me more",
    "i was just thinking of you", "same here", "wait a moment", "sorry, i was away", "i am back", "good to hear",
    "oh no", "that is a pity", "congratulations!", "let me check", "give me a second", "i am so tired",
    "have you seen the news?", "no, what happened?", "never mind", "we should talk more often", "true", "maybe later",
    "can i call you?", "not now, please", "my phone is nearly empty", "i will write again soon")
