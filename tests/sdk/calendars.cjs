// The official Node SDK books: node calendars.cjs FOLDER_OF_NODE_MODULES, what to know as JSON on its input.
const path = require("path");
const { createRequire } = require("module");
const load = createRequire(path.join(process.argv[2], "node_modules", "x.js"));
const { HighLevel } = load("@gohighlevel/api-client");

async function story(said) {
  HighLevel.BASE_URL = said.url;
  const sdk = new HighLevel({ privateIntegrationToken: said.token, logLevel: "error" });
  const { calendars, contacts } = sdk;
  const { locationId, userId } = said;
  const hours = [{ openHour: 9, openMinute: 0, closeHour: 17, closeMinute: 0 }];
  const made = await calendars.createCalendar({
    locationId, name: "By Node", calendarType: "round_robin", teamMembers: [{ userId }],
    openHours: [{ daysOfTheWeek: [0, 1, 2, 3, 4, 5, 6], hours }],
  });
  const calendarId = made.calendar.id;
  const free = async () => {
    const told = await calendars.getSlots({
      calendarId, startDate: said.since, endDate: said.until, timezone: "Europe/Vienna", userIds: [userId],
    });
    return Object.values(told).flatMap((day) => day.slots || []);
  };
  const slots = await free();
  const { contact } = await contacts.createContact({ locationId, firstName: "Node" });
  const wish = { locationId, calendarId, contactId: contact.id, startTime: slots[1] };
  const booked = await calendars.createAppointment(wish);
  const late = await calendars.createAppointment(wish).then(() => "booked", (error) => error.response);
  const without = await free();
  await calendars.editAppointment({ eventId: booked.id }, { startTime: slots[2] });
  const { event } = await calendars.getAppointment({ eventId: booked.id });
  await calendars.editAppointment({ eventId: booked.id }, { appointmentStatus: "cancelled" });
  const again = await free();
  const gone = await calendars.deleteEvent({ eventId: booked.id }, {});
  await calendars.deleteCalendar({ calendarId });
  return { slots, late, without, event, again, gone };
}

let input = "";
process.stdin.on("data", (part) => (input += part));
process.stdin.on("end", () =>
  story(JSON.parse(input)).then((told) => console.log(JSON.stringify(told)), (error) => {
    console.error(error.stack, error.response);
    process.exit(1);
  })
);
